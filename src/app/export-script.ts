/** How a model that this page cannot convert becomes ONNX files that it can open. The README has the same lines. */
export const EXPORT_SCRIPT = `import numpy, torch
model = model.cpu().eval().requires_grad_(False)  # loaded by its own code

class Encode(torch.nn.Module):
    def forward(self, x): return model.quant_conv(model.encoder(x))       # pixels -> latents

class Decode(torch.nn.Module):
    def forward(self, z): return model.decoder(model.post_quant_conv(z))  # entries -> pixels

def export(part, example, file, into, out):
    axes = {name: {0: 'n', 2: name + '_h', 3: name + '_w'} for name in (into, out)}
    torch.onnx.export(part, example, file, opset_version=17, dynamic_axes=axes,
                      input_names=[into], output_names=[out], dynamo=False)  # dynamo: torch 2.5 and later

pixels = torch.zeros(1, 3, 256, 256)
export(Encode(), pixels, 'encoder.onnx', 'pixels', 'latents')
export(Decode(), Encode()(pixels), 'decoder.onnx', 'latents', 'pixels')
numpy.save('codebook.npy', model.quantize.embedding.weight.detach().numpy())
`;
