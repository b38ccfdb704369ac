// Language and theme before anything is painted: from the link, from the last visit, or from the browser.
(() => {
  const asked = new URLSearchParams(location.search);
  const remembered = (key) => {
    try {
      return localStorage.getItem(`tokenscope-${key}`);
    } catch {
      return null;
    }
  };
  const choose = (key, short, values, otherwise) =>
    [asked.get(short), remembered(key)].find((value) => values.includes(value)) ?? otherwise;
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const root = document.documentElement;
  root.dataset.theme = choose('theme', 'theme', ['light', 'dark'], dark ? 'dark' : 'light');
  root.lang = choose('language', 'lang', ['en', 'zh'], /^zh\b/i.test(navigator.language) ? 'zh' : 'en');
})();
