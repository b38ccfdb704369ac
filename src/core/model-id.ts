/** A model's id made of a name people gave it: small letters, digits and hyphens; `otherwise` where nothing of it is left. */
export function modelIdFrom(name: string, otherwise: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return id.length >= 2 ? id : otherwise;
}
