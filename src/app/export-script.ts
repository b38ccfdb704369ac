/** How a model that this page cannot convert becomes ONNX files that it can open. The README has the same lines. */
export const EXPORT_SCRIPT = `import torch

class Encode(torch.nn.Module):                   # taming-transformers; in diffusers: model.quant_conv(model.encoder(x))
    def forward(self, x): return model.quant_conv(model.encoder(x))

class Decode(torch.nn.Module):                   # from an entry of the codebook for every cell
    def forward(self, z): return model.decoder(model.post_quant_conv(z))

x = torch.zeros(1, 3, 256, 256)
z = Encode()(x)
sides = lambda name: {name: {2: 'height', 3: 'width'}}
torch.onnx.export(Encode(), x, 'encoder.onnx', opset_version=17, input_names=['pixels'], output_names=['latents'], dynamic_axes=sides('pixels') | sides('latents'))
torch.onnx.export(Decode(), z, 'decoder.onnx', opset_version=17, input_names=['latents'], output_names=['pixels'], dynamic_axes=sides('latents') | sides('pixels'))
numpy.save('codebook.npy', model.quantize.embedding.weight.detach().numpy())
`;
