// Runs in the browser, in the report's page: plain JavaScript, since what is transpiled on load brings names that a page does not have.

const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);

/** WCAG 2.2, relative luminance. */
const luminance = (colour) => {
  const [red, green, blue] = parts(colour).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const behind = (element) => {
  if (element === null) return 'rgb(255, 255, 255)';
  const colour = getComputedStyle(element).backgroundColor;
  return parts(colour)[3] === 0 ? behind(element.parentElement) : colour;
};

globalThis.reportProbe = {
  /** Pixels by which the page is wider than the screen. */
  overflow: () => document.documentElement.scrollWidth - innerWidth,

  ground: () => getComputedStyle(document.body).backgroundColor,

  /** Plots that can be seen. */
  plots: () => [...document.querySelectorAll('svg.plot')].filter((plot) => plot.getBoundingClientRect().width > 0).length,

  /** Texts whose colour is too near to what is behind them (WCAG 2.2, success criterion 1.4.3), the tags on pictures apart. */
  faintTexts: () =>
    [...document.querySelectorAll('main *')].flatMap((element) => {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
      if (!own || element.closest('.tag, title')) return [];
      const style = getComputedStyle(element);
      const [text, ground] = [luminance(element instanceof SVGElement ? style.fill : style.color), luminance(behind(element))];
      const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      return contrast >= 4.5 ? [] : [`${element.tagName} "${element.textContent.slice(0, 30)}" ${contrast.toFixed(2)}`];
    }),

  /** Height of each text in a drawing, in pixels of the screen. */
  textHeights: () =>
    [...document.querySelectorAll('svg.plot text, .mini text, .plan text')].flatMap((text) => {
      const svg = text.closest('svg');
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return scale > 0 ? [Number.parseFloat(getComputedStyle(text).fontSize) * scale] : [];
    }),

  /** Pictures that the browser cannot decode. */
  brokenPictures: async () => {
    const addresses = [...document.querySelectorAll('img')].map((image) => image.src);
    addresses.push(...[...document.querySelectorAll('image')].map((image) => image.href.baseVal));
    const loads = addresses.map(async (src) => {
      const image = Object.assign(new Image(), { src });
      await image.decode().catch(() => undefined);
      return image.naturalWidth;
    });
    return (await Promise.all(loads)).filter((width) => width === 0).length;
  },
};
