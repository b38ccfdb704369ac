import { texts } from '../texts.ts';

/** For every error code: what happened to which thing, and what to do. */
export const errors = texts(
  {
    'webgpu-failed': {
      what: 'The graphics card could not be used: {{reason}}.',
      remedy: 'The model runs on the processor (WASM) instead. Updating the browser or the graphics driver often helps.',
    },
    'device-lost': {
      what: 'The connection to the graphics card was lost ({{reason}}).',
      remedy: 'The model is being opened again, on the processor if need be. Your picture and its tokens are still here.',
    },
    'out-of-memory': {
      what: 'There was not enough memory for {{what}}.',
      remedy: 'Choose a smaller size, close other models or other tabs, and try again.',
    },
    'worker-crashed': {
      what: 'The part of the page that computes stopped ({{reason}}).',
      remedy: 'It has been started afresh. If it stops again, choose a smaller size or a smaller model.',
    },
    'engine-down': {
      what: 'The part of the page that computes could not be started ({{reason}}).',
      remedy: 'Check the connection and reload the page. If that does not help, try another browser.',
    },
    'manifest-invalid': {
      what: '{{file}} does not describe a model this page understands: {{reason}}.',
      remedy: 'Correct that field; models/manifest.schema.json lists what is allowed.',
    },
    'model-missing-file': {
      what: 'The model needs the file {{file}}, but it is not there.',
      remedy: 'Drop the whole folder of the model, with every file its manifest names.',
    },
    'model-http': {
      what: 'The server answered {{status}} when asked for {{file}}.',
      remedy: 'Check that the address is right and the file is public, then try again.',
    },
    'model-web-page': {
      what: 'Instead of {{file}} the server sent a web page.',
      remedy: 'The file is probably missing on that server, or needs a sign-in. Check the address.',
    },
    'model-offline': {
      what: '{{file}} could not be downloaded, because the network did not answer.',
      remedy: 'Check the connection and try again. A model that was opened here before works without a network.',
    },
    'model-truncated': {
      what: '{{file}} is incomplete: {{bytes}} bytes instead of {{expected}}.',
      remedy: 'Try again; the download goes on from where it stopped. For a file of your own, copy it anew.',
    },
    'model-hash': {
      what: '{{file}} is not the file its manifest promises: the SHA-256 differs.',
      remedy: 'Delete the stored model and download it again. If it stays so, the file was changed on the server.',
    },
    'model-corrupt': {
      what: '{{file}} cannot be read as part of a model: {{reason}}.',
      remedy: 'Get the file anew, or convert the model again.',
    },
    'model-check-failed': {
      what: 'The model gives wrong results on {{provider}}: {{mismatched}} tokens of its own check differ, and pixels by up to {{difference}}.',
      remedy: 'Run it on the other provider. If both fail, the files of the model do not belong together.',
    },
    'model-not-open': {
      what: 'No model is ready to do this ({{model}}).',
      remedy: 'Wait until the model is open, or choose one.',
    },
    'checkpoint-unknown': {
      what: '{{file}} is not a checkpoint of a kind this page reads, whatever its name says.',
      remedy:
        'Open a PyTorch (.ckpt, .pth, .pt, .bin), TorchScript (.jit), safetensors or Flax (.msgpack) file, or a model as ONNX.',
    },
    'checkpoint-unrecognised': {
      what: '{{file}} was read, but cannot be converted here. It looks like $t(checkpoints.looks.{{looks}}){{family}}. Tensors that stand out: {{tensors}}.',
      remedy: '$t(checkpoints.proceed.{{looks}})',
    },
    'checkpoint-format': {
      what: '{{file}} is of a kind this page does not read ({{format}}).',
      remedy: 'Save its weights as safetensors or with today’s torch.save, or export the model to ONNX.',
    },
    'checkpoint-pointer': {
      what: '{{file}} is only a note saying where the real file is kept (Git LFS); the weights are not in it.',
      remedy: 'Fetch the real file with `git lfs pull`, or download it from the model’s page.',
    },
    'checkpoint-damaged': {
      what: '{{file}} is damaged or incomplete: {{reason}}.',
      remedy: 'Download or copy it again.',
    },
    'checkpoint-unsafe': {
      what: '{{file}} was not opened, because no honest checkpoint looks like this: {{reason}}.',
      remedy: 'Get the file from its authors.',
    },
    'checkpoint-big-endian': {
      what: '{{file}} was written on a big-endian machine; its numbers stand the other way round.',
      remedy: 'Load and save it once with torch on an ordinary computer.',
    },
    'checkpoint-type': {
      what: 'The tensor {{tensor}} of {{file}} is stored as {{type}}, which cannot be read here.',
      remedy: 'Save the model with ordinary float32, float16 or bfloat16 weights.',
    },
    'checkpoint-empty': {
      what: '{{file}} holds no tensors with names.',
      remedy: 'Open the file that holds the weights; optimizers and settings are often kept apart.',
    },
    'checkpoint-incomplete': {
      what: '{{file}} is one part of several, and these are not here: {{missing}}.',
      remedy: 'Choose or drop all parts together.',
    },
    'checkpoint-clash': {
      what: '{{file}} and {{other}} both hold a tensor {{tensor}}, and not the same one.',
      remedy: 'Open one model at a time.',
    },
    'checkpoint-not-finite': {
      what: 'The tensor {{tensor}} of {{file}} holds numbers that are not finite (NaN or infinity): its training went wrong, or the file is damaged.',
      remedy: 'Choose another checkpoint of this model, or get the file anew.',
    },
    'checkpoint-beyond-half': {
      what: 'The tensor {{tensor}} of {{file}} holds numbers beyond 65,504, the largest of half precision.',
      remedy: 'Open it with its weights as they are stored.',
    },
    'checkpoint-whole-download': {
      what: 'The server of {{file}} cannot send parts of it, so all {{bytes}} bytes would have to be downloaded.',
      remedy: 'Allow the whole download, or save the file and open it from your device.',
    },
    'checkpoint-changed': {
      what: '{{file}} was changed on its server while it was being read.',
      remedy: 'Open it again.',
    },
    'checkpoint-cors': {
      what: 'This page could not read {{address}}: its server does not let other pages read its files (CORS), or did not answer.',
      remedy: 'Download the file in a new tab, then open it from your device.',
    },
    'remote-address': {
      what: '{{address}} is neither an https address nor a repository of a model hub (owner/name).',
      remedy: 'Copy the address of the file, or of the model’s page, from the browser’s address bar.',
    },
    'remote-refused': {
      what: 'The hub does not give out {{repository}} (it answered {{status}}).',
      remedy:
        'Check how the name is written. If the model asks for a sign-in or an agreement, download its files there and open them from your device.',
    },
    'remote-nothing': {
      what: 'There is no file of weights in {{repository}} that this page could read.',
      remedy:
        'Choose the folder or the repository that holds the tokenizer (.safetensors, .ckpt, .pt, .bin, .jit, .msgpack or .onnx).',
    },
    'half-precision': {
      what: '{{file}} cannot compute in half precision: {{reason}}.',
      remedy: 'Use full precision (fp32); the model runs as before.',
    },
    'onnx-not': {
      what: '{{file}} is not an ONNX model.',
      remedy: 'Choose the .onnx file itself. If it was renamed or unpacked by hand, get it anew.',
    },
    'onnx-pointer': {
      what: '{{file}} is not the model but a Git LFS pointer: a few lines of text that stand for it.',
      remedy: 'Fetch the real file: `git lfs pull` in the repository, or the download button on the file’s own page.',
    },
    'onnx-external-path': {
      what: '{{file}} asks for weights outside its own folder: {{path}}.',
      remedy: 'A model must keep its weights beside it. Export it again with the data file in the same folder.',
    },
    'onnx-external-missing': {
      what: '{{file}} keeps its weights in another file, {{missing}}, which was not among what you dropped.',
      remedy: 'Drop both together, or the whole folder.',
    },
    'onnx-external-short': {
      what: '{{missing}} ends too early for {{file}}: it has {{bytes}} bytes, and {{expected}} are needed.',
      remedy: 'It was not copied or downloaded to its end, or belongs to another export. Get it anew.',
    },
    'onnx-operators': {
      what: '{{file}} uses operators that ONNX Runtime does not have: {{operators}}.',
      remedy: 'Export the model again with standard operators only; custom ones need code that no browser has.',
    },
    'onnx-opset': {
      what: '{{file}} uses operator set {{opset}}, which ONNX Runtime does not know.',
      remedy: 'Export the model again with an older one: opset_version=17 is understood everywhere.',
    },
    'onnx-only-weights': {
      what: '{{file}} holds only weights; what is computed with them stands in an .onnx file.',
      remedy: 'Drop both together, or the whole folder.',
    },
    'onnx-roles': {
      what: 'Nothing in {{file}} says what it is: neither pixels go in, nor pixels come out.',
      remedy: 'Drop the encoder and the decoder of one tokenizer, or choose in the sheet what each file is.',
    },
    'onnx-no-encoder': {
      what: '{{file}} turns tokens into pixels, but nothing here turns pixels into tokens.',
      remedy: 'Drop the encoder’s .onnx together with it.',
    },
    'onnx-no-decoder': {
      what: '{{file}} turns pixels into tokens, but nothing here turns tokens back into pixels.',
      remedy: 'Drop the decoder’s .onnx together with it.',
    },
    'onnx-foreign': {
      what: '{{file}} is no part of a visual tokenizer: it takes {{takes}} and gives {{gives}}.',
      remedy: 'Drop the encoder and the decoder of one tokenizer, or one file that holds both.',
    },
    'onnx-batch': {
      what: '{{file}} was exported for {{count}} pictures at a time; this page gives it one.',
      remedy: 'Export it with a batch of one, or with the batch as a dynamic axis.',
    },
    'onnx-inputs': {
      what: '{{file}} wants more than pixels: {{inputs}}.',
      remedy: 'Export the model with pixels as its only input.',
    },
    'onnx-no-tokens': {
      what: 'No step of {{file}} chooses tokens: it looks like a continuous autoencoder, without a codebook.',
      remedy:
        'Drop the file with the quantizer too, or the codebook as .npy or .safetensors (K × D). A continuous model has no tokens to show.',
    },
    'onnx-several-quantizers': {
      what: '{{file}} chooses tokens in {{count}} places, one after another or side by side.',
      remedy: 'This page shows models with one token for each cell; export the model with a single codebook.',
    },
    'onnx-size': {
      what: '{{file}} ran at none of the sizes that were tried.',
      remedy:
        'If it takes one size only, say which; else export it with dynamic height and width. At the first size: {{reason}}.',
    },
    'onnx-no-decoding': {
      what: 'The decoder in {{file}} needs more than the tokens, so that tokens alone cannot become pixels again.',
      remedy: 'Export encoder and decoder as two files, the decoder with tokens or quantized latents as its only input.',
    },
    'onnx-unlinked': {
      what: 'What {{from}} gives does not fit what {{to}} takes: {{reason}}.',
      remedy: 'The files probably belong to different models. Choose in the sheet what each file is.',
    },
    'media-empty': {
      what: '{{file}} is empty: it holds 0 bytes.',
      remedy: 'Copy or download it again.',
    },
    'media-unknown': {
      what: '{{file}} is not a picture or clip this page knows.',
      remedy:
        'Open a JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF, HEIC or SVG picture, an MP4, WebM, MOV or MKV clip, or a token file (.json, .npy, .csv).',
    },
    'media-undecodable': {
      what: '{{file}} begins like a {{format}} picture but cannot be decoded; it is damaged or incomplete.',
      remedy: 'Copy or download it again, or save it anew with a picture program.',
    },
    'media-unsupported': {
      what: '{{file}} cannot be opened here as {{format}}.',
      remedy: 'Save it as PNG or JPEG and open that.',
    },
    'media-too-large': {
      what: '{{file}} has {{megapixels}} megapixels, more than a browser can hold.',
      remedy: 'Open a version of at most 10,000 × 10,000 pixels.',
    },
    'media-video': {
      what: '{{file}} is a video, and a picture is wanted here.',
      remedy: 'Open it by itself as a clip, or save one frame of it as a picture.',
    },
    'media-text': {
      what: '{{file}} holds text, not a picture, whatever its name says.',
      remedy: 'Open the picture itself. Token indices may be pasted, or opened as .json or .csv.',
    },
    'media-pdf': {
      what: '{{file}} is a PDF document.',
      remedy: 'Save the page or the figure you want as PNG and open that.',
    },
    'media-model': {
      what: '{{file}} is a model file ({{format}}), not a picture.',
      remedy: 'Drop the whole folder of a model, with its manifest.json, to open it.',
    },
    'media-archive': {
      what: '{{file}} is a packed archive ({{format}}).',
      remedy: 'Unpack it and drop the folder or the pictures inside.',
    },
    'media-none': {
      what: 'There is no picture or clip here; {{skipped}} other files were passed over.',
      remedy: 'Choose a folder that holds pictures or clips.',
    },
    'media-fetch': {
      what: 'The picture at {{address}} could not be fetched: it is not there, or its server does not let other pages read it (CORS).',
      remedy: 'Save the picture on your device and open it from there.',
    },
    'clip-format': {
      what: '{{file}} is video in the {{format}} format, which browsers do not open.',
      remedy: 'Convert it to MP4 (H.264) or WebM (VP9), for example with HandBrake or ffmpeg, and open that.',
    },
    'clip-no-video': {
      what: '{{file}} holds no pictures: there is no video track in it, only sound or text.',
      remedy: 'Open the file that holds the video.',
    },
    'clip-encrypted': {
      what: '{{file}} is encrypted (DRM), so no page may see its frames.',
      remedy: 'Open a clip without copy protection, such as one you recorded yourself.',
    },
    'clip-truncated': {
      what: '{{file}} is incomplete: it breaks off, and without the missing end none of its frames can be decoded.',
      remedy: 'Copy or download it again, whole.',
    },
    'clip-damaged': {
      what: '{{file}} begins like a video but cannot be read; it is damaged or incomplete.',
      remedy: 'Copy or download it again, or convert it to MP4 (H.264).',
    },
    'clip-stuck': {
      what: '{{file}} could not be opened in 20 seconds; its index is probably damaged.',
      remedy: 'Copy or download it again, or convert it to MP4 (H.264).',
    },
    'clip-codec': {
      what: '{{file}} is compressed with {{codec}}, which this browser cannot decode. It decodes: {{works}}.',
      remedy:
        'Convert the clip to MP4 with H.264 or WebM with VP9, or try another browser; Safari, Edge and Chrome differ in this.',
    },
    'clip-undecodable': {
      what: '{{file}} cannot be decoded from second {{seconds}} on; the file is damaged there, or the decoder gave up.',
      remedy: 'Choose another part of the clip, or convert it to MP4 (H.264).',
    },
    'clip-nothing': {
      what: 'There is no frame of {{file}} from second {{from}} on: the clip ends after {{seconds}} seconds.',
      remedy: 'Move the window to an earlier part of the clip.',
    },
    'clip-sequence': {
      what: 'The pictures of a sequence must have one size; {{file}} differs: {{sizes}}.',
      remedy: 'Leave that picture out, or bring all to one size.',
    },
    'clip-encode': {
      what: 'The clip could not be written as {{format}}: {{reason}}.',
      remedy: 'Choose another format; GIF works in every browser.',
    },
    'clip-no-encoder': {
      what: 'This browser has no encoder to write {{format}}.',
      remedy: 'Save the clip as GIF, or use Chrome or Edge, which write MP4 and WebM.',
    },
    'camera-denied': {
      what: 'The browser does not let this page use the camera.',
      remedy: 'Allow the camera for this page in the address bar, then start it again. It works over https or localhost only.',
    },
    'camera-missing': {
      what: 'No camera was found.',
      remedy: 'Connect one and start it again, or open a picture.',
    },
    'camera-busy': {
      what: 'The camera is there but gives no picture; another program is probably using it.',
      remedy: 'Close the other program and start the camera again.',
    },
    'npy-invalid': {
      what: '{{file}} cannot be read as a NumPy file: $t(sources.fault.{{reason}}).',
      remedy: 'Save the array anew with numpy.save, as float32, float16 or whole numbers of 8 to 64 bits.',
    },
    'tokens-invalid': {
      what: '{{file}} does not hold a token grid: $t(sources.fault.{{reason}}).',
      remedy: 'A token file is the .json saved here, a .npy array of t × h × w whole numbers, or rows of numbers.',
    },
    'tokens-range': {
      what: 'There is no entry {{token}}: this codebook has {{size}} entries, numbered from 0.',
      remedy: 'Open the model these tokens were made with.',
    },
    'tokens-shape': {
      what: '{{count}} tokens do not make a grid of {{reason}} for this model.',
      remedy: 'Check that none is missing and that the shape is t × h × w, within the sizes the model takes.',
    },
    'tokens-unshaped': {
      what: '{{count}} tokens make no square, so the shape of the grid is not known.',
      remedy: 'Put each row of the grid on a line of its own, or open the .json or .npy file, which say the shape.',
    },
    'clipboard-empty': {
      what: 'There is neither a picture nor token indices on the clipboard.',
      remedy: 'Copy a picture or a list of indices, then paste again.',
    },
    'engine-timeout': {
      what: 'There was no answer within {{seconds}} seconds.',
      remedy: 'Try again with a smaller size, or reload the page.',
    },
    'save-failed': {
      what: 'The file could not be saved: {{reason}}.',
      remedy: 'Check the space left on the device, then try again.',
    },
    internal: {
      what: 'Something went wrong that should not: {{message}}.',
      remedy: 'Reload the page; the link keeps where you were. If it happens again, please report it.',
    },
  },
  {
    'webgpu-failed': {
      what: '无法使用显卡：{{reason}}。',
      remedy: '模型改在处理器（WASM）上运行。更新浏览器或显卡驱动往往能解决。',
    },
    'device-lost': {
      what: '与显卡的连接中断（{{reason}}）。',
      remedy: '正在重新打开模型，必要时改用处理器。您的图片和词元都还在。',
    },
    'out-of-memory': {
      what: '内存不足，无法处理 {{what}}。',
      remedy: '请选择较小的尺寸，关闭其他模型或标签页后重试。',
    },
    'worker-crashed': {
      what: '页面的计算部分停止了（{{reason}}）。',
      remedy: '它已重新启动。如果再次停止，请选择较小的尺寸或较小的模型。',
    },
    'engine-down': {
      what: '页面的计算部分无法启动（{{reason}}）。',
      remedy: '请检查网络连接并重新加载页面。如果仍然不行，请换一个浏览器。',
    },
    'manifest-invalid': {
      what: '{{file}} 描述的模型本页无法理解：{{reason}}。',
      remedy: '请改正该字段；允许的内容见 models/manifest.schema.json。',
    },
    'model-missing-file': {
      what: '模型需要文件 {{file}}，但没有找到。',
      remedy: '请拖入整个模型文件夹，包含清单中列出的每个文件。',
    },
    'model-http': {
      what: '请求 {{file}} 时，服务器返回 {{status}}。',
      remedy: '请确认地址正确且文件公开，然后重试。',
    },
    'model-web-page': {
      what: '服务器返回的不是 {{file}}，而是一个网页。',
      remedy: '该服务器上可能没有此文件，或需要登录。请检查地址。',
    },
    'model-offline': {
      what: '无法下载 {{file}}：网络没有响应。',
      remedy: '请检查网络后重试。曾在此打开过的模型无需网络即可使用。',
    },
    'model-truncated': {
      what: '{{file}} 不完整：只有 {{bytes}} 字节，应为 {{expected}} 字节。',
      remedy: '请重试，下载会从中断处继续。若是您自己的文件，请重新复制。',
    },
    'model-hash': {
      what: '{{file}} 与清单所述不符：SHA-256 不一致。',
      remedy: '请删除已存储的模型并重新下载。若仍如此，说明服务器上的文件已被改动。',
    },
    'model-corrupt': {
      what: '{{file}} 无法作为模型的一部分读取：{{reason}}。',
      remedy: '请重新获取该文件，或重新转换模型。',
    },
    'model-check-failed': {
      what: '模型在 {{provider}} 上结果有误：自检中有 {{mismatched}} 个词元不同，像素最大相差 {{difference}}。',
      remedy: '请换用另一种运行方式。若两者都失败，则模型的文件彼此不匹配。',
    },
    'model-not-open': {
      what: '没有可用的模型来完成此操作（{{model}}）。',
      remedy: '请等待模型打开，或选择一个模型。',
    },
    'checkpoint-unknown': {
      what: '不论文件名如何，{{file}} 都不是本页能读取的检查点。',
      remedy:
        '请打开 PyTorch（.ckpt、.pth、.pt、.bin）、TorchScript（.jit）、safetensors 或 Flax（.msgpack）文件，或 ONNX 模型。',
    },
    'checkpoint-unrecognised': {
      what: '{{file}} 已读取，但无法在此转换。它看起来是$t(checkpoints.looks.{{looks}}){{family}}。引人注意的张量：{{tensors}}。',
      remedy: '$t(checkpoints.proceed.{{looks}})',
    },
    'checkpoint-format': {
      what: '{{file}} 属于本页不能读取的格式（{{format}}）。',
      remedy: '请将权重保存为 safetensors，或用新版 torch.save 重新保存，或将模型导出为 ONNX。',
    },
    'checkpoint-pointer': {
      what: '{{file}} 只是指向真实文件的说明（Git LFS），其中没有权重。',
      remedy: '请用 `git lfs pull` 获取真实文件，或从模型页面下载。',
    },
    'checkpoint-damaged': {
      what: '{{file}} 已损坏或不完整：{{reason}}。',
      remedy: '请重新下载或复制。',
    },
    'checkpoint-unsafe': {
      what: '没有打开 {{file}}，因为正常的检查点不会是这样：{{reason}}。',
      remedy: '请从原作者处获取该文件。',
    },
    'checkpoint-big-endian': {
      what: '{{file}} 是在大端序机器上写成的，数字的字节顺序相反。',
      remedy: '请在普通计算机上用 torch 读取后重新保存。',
    },
    'checkpoint-type': {
      what: '{{file}} 的张量 {{tensor}} 以 {{type}} 存储，本页无法读取。',
      remedy: '请用普通的 float32、float16 或 bfloat16 权重保存模型。',
    },
    'checkpoint-empty': {
      what: '{{file}} 中没有带名称的张量。',
      remedy: '请打开存有权重的文件；优化器状态和设置常常另外保存。',
    },
    'checkpoint-incomplete': {
      what: '{{file}} 只是若干部分之一，缺少：{{missing}}。',
      remedy: '请一次选择或拖入所有部分。',
    },
    'checkpoint-clash': {
      what: '{{file}} 和 {{other}} 都含有张量 {{tensor}}，但内容不同。',
      remedy: '请一次只打开一个模型。',
    },
    'checkpoint-not-finite': {
      what: '{{file}} 的张量 {{tensor}} 含有非有限数（NaN 或无穷大）：训练出了问题，或文件已损坏。',
      remedy: '请选择该模型的其他检查点，或重新获取该文件。',
    },
    'checkpoint-beyond-half': {
      what: '{{file}} 的张量 {{tensor}} 含有超过 65,504 的数，超出了半精度的范围。',
      remedy: '请按存储时的精度打开它。',
    },
    'checkpoint-whole-download': {
      what: '{{file}} 所在的服务器不能只发送其中一部分，因此需要下载全部 {{bytes}} 字节。',
      remedy: '请允许完整下载，或先保存文件再从设备打开。',
    },
    'checkpoint-changed': {
      what: '{{file}} 在读取过程中被服务器更改。',
      remedy: '请重新打开。',
    },
    'checkpoint-cors': {
      what: '本页面无法读取 {{address}}：其服务器不允许其他网页读取文件（CORS），或没有应答。',
      remedy: '请在新标签页中下载该文件，再从本机打开。',
    },
    'remote-address': {
      what: '{{address}} 既不是 https 地址，也不是模型仓库名（所有者/名称）。',
      remedy: '请从浏览器地址栏复制文件地址或模型页面的地址。',
    },
    'remote-refused': {
      what: '模型站没有给出 {{repository}}（应答 {{status}}）。',
      remedy: '请检查名称拼写。如果该模型要求登录或同意协议，请在那里下载文件，再从本机打开。',
    },
    'remote-nothing': {
      what: '{{repository}} 中没有本页面能读取的权重文件。',
      remedy: '请选择存放分词器的文件夹或仓库（.safetensors、.ckpt、.pt、.bin、.jit、.msgpack 或 .onnx）。',
    },
    'half-precision': {
      what: '{{file}} 无法用半精度计算：{{reason}}。',
      remedy: '请使用全精度（fp32），模型照常运行。',
    },
    'onnx-not': {
      what: '{{file}} 不是 ONNX 模型。',
      remedy: '请选择 .onnx 文件本身。如果它被改过名或手动解压过，请重新获取。',
    },
    'onnx-pointer': {
      what: '{{file}} 不是模型，而是 Git LFS 指针：只有几行代表它的文字。',
      remedy: '请取回真正的文件：在仓库中运行 `git lfs pull`，或使用该文件页面上的下载按钮。',
    },
    'onnx-external-path': {
      what: '{{file}} 要读取自己文件夹之外的权重：{{path}}。',
      remedy: '模型的权重必须和它放在一起。请重新导出，让数据文件位于同一文件夹。',
    },
    'onnx-external-missing': {
      what: '{{file}} 的权重放在另一个文件 {{missing}} 里，而它不在你放入的文件中。',
      remedy: '请把两者一起拖入，或拖入整个文件夹。',
    },
    'onnx-external-short': {
      what: '{{missing}} 对 {{file}} 来说太短：它有 {{bytes}} 字节，而需要 {{expected}} 字节。',
      remedy: '它没有复制或下载完整，或者属于另一次导出。请重新获取。',
    },
    'onnx-operators': {
      what: '{{file}} 用到了 ONNX Runtime 没有的算子：{{operators}}。',
      remedy: '请只用标准算子重新导出模型；自定义算子需要浏览器里没有的代码。',
    },
    'onnx-opset': {
      what: '{{file}} 使用算子集 {{opset}}，ONNX Runtime 不认识它。',
      remedy: '请用较旧的算子集重新导出模型：opset_version=17 处处都支持。',
    },
    'onnx-only-weights': {
      what: '{{file}} 只有权重；如何计算写在 .onnx 文件里。',
      remedy: '请把两者一起拖入，或拖入整个文件夹。',
    },
    'onnx-roles': {
      what: '从 {{file}} 看不出它是什么：既没有像素输入，也没有像素输出。',
      remedy: '请拖入同一个分词器的编码器和解码器，或在表单中选择每个文件的角色。',
    },
    'onnx-no-encoder': {
      what: '{{file}} 能把词元变成像素，但这里没有把像素变成词元的部分。',
      remedy: '请把编码器的 .onnx 一起拖入。',
    },
    'onnx-no-decoder': {
      what: '{{file}} 能把像素变成词元，但这里没有把词元变回像素的部分。',
      remedy: '请把解码器的 .onnx 一起拖入。',
    },
    'onnx-foreign': {
      what: '{{file}} 不是视觉分词器的组成部分：它输入 {{takes}}，输出 {{gives}}。',
      remedy: '请拖入同一个分词器的编码器和解码器，或同时包含两者的一个文件。',
    },
    'onnx-batch': {
      what: '{{file}} 是按每次 {{count}} 张图片导出的；本页每次只输入一张。',
      remedy: '请以批大小 1 导出，或把批维设为可变。',
    },
    'onnx-inputs': {
      what: '{{file}} 除了像素还需要：{{inputs}}。',
      remedy: '请重新导出模型，使像素成为唯一的输入。',
    },
    'onnx-no-tokens': {
      what: '{{file}} 里没有选择词元的步骤：它看起来是没有码本的连续自编码器。',
      remedy: '请把带量化器的文件也拖入，或提供 .npy、.safetensors 格式的码本（K × D）。连续模型没有可以展示的词元。',
    },
    'onnx-several-quantizers': {
      what: '{{file}} 在 {{count}} 处选择词元，或先后相接，或彼此并列。',
      remedy: '本页展示每个单元格只有一个词元的模型；请用单一码本导出模型。',
    },
    'onnx-size': {
      what: '{{file}} 在所有试过的尺寸下都无法运行。',
      remedy: '如果它只接受一种尺寸，请写明；否则请用可变的高和宽导出。第一种尺寸下：{{reason}}。',
    },
    'onnx-no-decoding': {
      what: '{{file}} 里的解码器不只需要词元，因此单凭词元无法还原像素。',
      remedy: '请把编码器和解码器导出为两个文件，解码器只以词元或量化后的潜变量为输入。',
    },
    'onnx-unlinked': {
      what: '{{from}} 的输出不适合 {{to}} 的输入：{{reason}}。',
      remedy: '这些文件很可能属于不同的模型。请在表单中选择每个文件的角色。',
    },
    'media-empty': {
      what: '{{file}} 是空文件：0 字节。',
      remedy: '请重新复制或下载。',
    },
    'media-unknown': {
      what: '{{file}} 不是本页认识的图片或片段。',
      remedy:
        '请打开 JPEG、PNG、WebP、AVIF、GIF、BMP、TIFF、HEIC 或 SVG 图片，MP4、WebM、MOV 或 MKV 片段，或词元文件（.json、.npy、.csv）。',
    },
    'media-undecodable': {
      what: '{{file}} 的开头像是 {{format}} 图片，但无法解码；它已损坏或不完整。',
      remedy: '请重新复制或下载，或用图片软件另存一份。',
    },
    'media-unsupported': {
      what: '{{file}} 无法在此作为 {{format}} 打开。',
      remedy: '请另存为 PNG 或 JPEG 后再打开。',
    },
    'media-too-large': {
      what: '{{file}} 有 {{megapixels}} 百万像素，超出浏览器所能容纳。',
      remedy: '请打开不超过 10,000 × 10,000 像素的版本。',
    },
    'media-video': {
      what: '{{file}} 是视频，而这里需要图片。',
      remedy: '请将它单独作为片段打开，或将其中一帧存为图片。',
    },
    'media-text': {
      what: '不论文件名如何，{{file}} 的内容是文字，不是图片。',
      remedy: '请打开图片本身。词元编号可以粘贴，或以 .json、.csv 文件打开。',
    },
    'media-pdf': {
      what: '{{file}} 是 PDF 文档。',
      remedy: '请将需要的页面或插图存为 PNG 后再打开。',
    },
    'media-model': {
      what: '{{file}} 是模型文件（{{format}}），不是图片。',
      remedy: '要打开模型，请拖入包含 manifest.json 的整个模型文件夹。',
    },
    'media-archive': {
      what: '{{file}} 是压缩包（{{format}}）。',
      remedy: '请解压后拖入其中的文件夹或图片。',
    },
    'media-none': {
      what: '这里没有图片或片段；已跳过其他 {{skipped}} 个文件。',
      remedy: '请选择包含图片或片段的文件夹。',
    },
    'media-fetch': {
      what: '无法获取 {{address}} 处的图片：图片不存在，或其服务器不允许其他网页读取（CORS）。',
      remedy: '请先将图片保存到设备，再从设备打开。',
    },
    'clip-format': {
      what: '{{file}} 是 {{format}} 视频，浏览器无法打开这种格式。',
      remedy: '请用 HandBrake 或 ffmpeg 等工具转换为 MP4（H.264）或 WebM（VP9）后再打开。',
    },
    'clip-no-video': {
      what: '{{file}} 中没有画面：没有视频轨，只有声音或文字。',
      remedy: '请打开含有视频的文件。',
    },
    'clip-encrypted': {
      what: '{{file}} 已加密（DRM），任何网页都无法读取其画面。',
      remedy: '请打开没有版权保护的片段，例如您自己拍摄的视频。',
    },
    'clip-truncated': {
      what: '{{file}} 不完整：文件在中途断开，缺少末尾就无法解码任何一帧。',
      remedy: '请重新完整地复制或下载。',
    },
    'clip-damaged': {
      what: '{{file}} 的开头像是视频，但无法读取；它已损坏或不完整。',
      remedy: '请重新复制或下载，或转换为 MP4（H.264）。',
    },
    'clip-stuck': {
      what: '{{file}} 在 20 秒内未能打开；它的索引可能已损坏。',
      remedy: '请重新复制或下载，或转换为 MP4（H.264）。',
    },
    'clip-codec': {
      what: '{{file}} 使用 {{codec}} 压缩，此浏览器无法解码。可以解码的有：{{works}}。',
      remedy: '请将片段转换为 H.264 的 MP4 或 VP9 的 WebM，或换一个浏览器；Safari、Edge 和 Chrome 支持的编码各不相同。',
    },
    'clip-undecodable': {
      what: '{{file}} 从第 {{seconds}} 秒起无法解码：文件在该处损坏，或解码器已放弃。',
      remedy: '请选择片段的其他部分，或转换为 MP4（H.264）。',
    },
    'clip-nothing': {
      what: '{{file}} 从第 {{from}} 秒起没有画面：片段在 {{seconds}} 秒处结束。',
      remedy: '请将窗口移到片段较前的部分。',
    },
    'clip-sequence': {
      what: '图片序列的尺寸必须一致；{{file}} 不同：{{sizes}}。',
      remedy: '请去掉这张图片，或将所有图片统一为同一尺寸。',
    },
    'clip-encode': {
      what: '无法将片段写为 {{format}}：{{reason}}。',
      remedy: '请选择其他格式；所有浏览器都能保存 GIF。',
    },
    'clip-no-encoder': {
      what: '此浏览器没有可写入 {{format}} 的编码器。',
      remedy: '请将片段保存为 GIF，或使用能写 MP4 和 WebM 的 Chrome 或 Edge。',
    },
    'camera-denied': {
      what: '浏览器不允许本页使用摄像头。',
      remedy: '请在地址栏中允许本页使用摄像头，然后重新启动。仅在 https 或 localhost 下可用。',
    },
    'camera-missing': {
      what: '没有找到摄像头。',
      remedy: '请连接摄像头后重新启动，或打开一张图片。',
    },
    'camera-busy': {
      what: '摄像头存在，但没有画面；可能正被其他程序占用。',
      remedy: '请关闭其他程序，再重新启动摄像头。',
    },
    'npy-invalid': {
      what: '{{file}} 无法作为 NumPy 文件读取：$t(sources.fault.{{reason}})。',
      remedy: '请用 numpy.save 重新保存数组，类型为 float32、float16 或 8 至 64 位整数。',
    },
    'tokens-invalid': {
      what: '{{file}} 中没有词元网格：$t(sources.fault.{{reason}})。',
      remedy: '词元文件可以是本页保存的 .json、t × h × w 整数的 .npy 数组，或按行排列的数字。',
    },
    'tokens-range': {
      what: '不存在码字 {{token}}：此码本共有 {{size}} 个码字，从 0 开始编号。',
      remedy: '请打开生成这些词元的模型。',
    },
    'tokens-shape': {
      what: '{{count}} 个词元不能为此模型组成 {{reason}} 的网格。',
      remedy: '请检查是否有缺失，以及形状是否为 t × h × w 且在模型允许的尺寸内。',
    },
    'tokens-unshaped': {
      what: '{{count}} 个词元排不成正方形，因此不知道网格的形状。',
      remedy: '请将网格的每一行写成单独一行，或打开带有形状的 .json 或 .npy 文件。',
    },
    'clipboard-empty': {
      what: '剪贴板中既没有图片，也没有词元编号。',
      remedy: '请复制一张图片或一列编号，然后再粘贴。',
    },
    'engine-timeout': {
      what: '{{seconds}} 秒内没有得到回应。',
      remedy: '请用较小的尺寸重试，或重新加载页面。',
    },
    'save-failed': {
      what: '文件无法保存：{{reason}}。',
      remedy: '请检查设备的剩余空间，然后重试。',
    },
    internal: {
      what: '发生了不应发生的错误：{{message}}。',
      remedy: '请重新加载页面，链接会保留您的位置。如果再次发生，请反馈。',
    },
  },
);
