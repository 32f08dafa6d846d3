import type uPlot from "uplot";
import type { Span } from "@/api/types";

/** Labelled stretches, painted behind the outline with their label at the top. */
export function paintSpans(plot: uPlot, spans: Span[], ink: string): void {
  if (spans.length === 0) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = "top";
  for (const span of spans) {
    const left = plot.valToPos(span.start_ms / 1000, "x", true);
    const right = plot.valToPos(span.end_ms / 1000, "x", true);
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = ink;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillText(span.label, left + 6 * devicePixelRatio, bbox.top + 5 * devicePixelRatio);
  }
  ctx.restore();
}
