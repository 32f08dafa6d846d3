/**
 * Colours of the charts.
 *
 * The map for values is computed in OKLCH (Ottosson, "A perceptual color space for image
 * processing", 2020): lightness rises in equal steps while the hue turns from violet over
 * teal to yellow, so that equal steps in value look equal, also in grey and to people
 * who do not tell red from green.
 */

export type Rgb = readonly [number, number, number];

const STEPS = 256;

function gammaEncoded(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
}

/** OKLCH (lightness 0..1, chroma, hue in degrees) as sRGB bytes. */
export function oklchToRgb(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short;
  const green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short;
  const blue = -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short;
  return [
    Math.round(gammaEncoded(red) * 255),
    Math.round(gammaEncoded(green) * 255),
    Math.round(gammaEncoded(blue) * 255),
  ];
}

function computedMap(): Rgb[] {
  return Array.from({ length: STEPS }, (_, step) => {
    const share = step / (STEPS - 1);
    return oklchToRgb(0.24 + 0.68 * share, 0.1 + 0.06 * share, 305 - 200 * share);
  });
}

const VALUE_MAP = computedMap();

/** Colour of a value whose place in its range is `share` (0 lowest, 1 highest). */
export function valueColour(share: number): Rgb {
  const clipped = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  return VALUE_MAP[Math.round(clipped * (STEPS - 1))] as Rgb;
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** The map as a CSS gradient for a colour bar; `direction` as CSS writes it. */
export function valueGradient(direction: string): string {
  const stops = Array.from({ length: 11 }, (_, index) => cssColour(valueColour(index / 10)));
  return `linear-gradient(${direction}, ${stops.join(", ")})`;
}

const SERIES = 8;

/** Colour of the n-th line or bar of a chart, as CSS. */
export function seriesColour(index: number): string {
  return `var(--thimble-series-${(index % SERIES) + 1})`;
}

/** A CSS colour as a canvas takes it: variables looked up as they are now. */
export function resolvedColour(colour: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1];
  if (!name) return colour;
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#808080";
}
