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
    'half-precision': {
      what: '{{file}} cannot compute in half precision: {{reason}}.',
      remedy: 'Use full precision (fp32); the model runs as before.',
    },
    'media-empty': {
      what: '{{file}} is empty: it holds 0 bytes.',
      remedy: 'Copy or download it again.',
    },
    'media-unknown': {
      what: '{{file}} is not a picture this page knows.',
      remedy: 'Open a JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF, HEIC or SVG picture, or a token file (.json, .npy, .csv).',
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
      what: '{{file}} is a video, and this page opens still pictures.',
      remedy: 'Save one frame of it as a picture, or use the camera.',
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
      what: 'There is no picture here; {{skipped}} other files were passed over.',
      remedy: 'Choose a folder that holds pictures.',
    },
    'media-fetch': {
      what: 'The picture at {{address}} could not be fetched: it is not there, or its server does not let other pages read it (CORS).',
      remedy: 'Save the picture on your device and open it from there.',
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
    'half-precision': {
      what: '{{file}} 无法用半精度计算：{{reason}}。',
      remedy: '请使用全精度（fp32），模型照常运行。',
    },
    'media-empty': {
      what: '{{file}} 是空文件：0 字节。',
      remedy: '请重新复制或下载。',
    },
    'media-unknown': {
      what: '{{file}} 不是本页认识的图片。',
      remedy: '请打开 JPEG、PNG、WebP、AVIF、GIF、BMP、TIFF、HEIC 或 SVG 图片，或词元文件（.json、.npy、.csv）。',
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
      what: '{{file}} 是视频，而本页打开的是静态图片。',
      remedy: '请将其中一帧存为图片，或使用摄像头。',
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
      what: '这里没有图片；已跳过其他 {{skipped}} 个文件。',
      remedy: '请选择包含图片的文件夹。',
    },
    'media-fetch': {
      what: '无法获取 {{address}} 处的图片：图片不存在，或其服务器不允许其他网页读取（CORS）。',
      remedy: '请先将图片保存到设备，再从设备打开。',
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
