// Runs in the browser: a JPEG of gradients with noise, as heavy to decode as a photograph. Answers a data URL.
globalThis.photograph = (width, height) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(width, height);
  for (let at = 0; at < pixels.data.length; at++) pixels.data[at] = at % 4 === 3 ? 255 : 90 + 70 * Math.sin(at / (width * 97)) + Math.random() * 24;
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL('image/jpeg', 0.8);
};
