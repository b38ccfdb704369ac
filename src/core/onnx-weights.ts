/** The names that exporters give to weights beside a graph: model.onnx.data, model.onnx_data, model.onnx_data_1. */
export function isOnnxWeights(name: string): boolean {
  return /\.onnx[._]data(_\d+)?$/i.test(name);
}
