import classes from "./AuthLayout.module.css";

/** A recording as a thread: raw at the left, cut into windows, stitched into an even seam at the right. */
export function Thread() {
  const raw = Array.from({ length: 241 }, (_, index) => {
    const x = index * 1.6;
    const calm = 1 / (1 + Math.exp((x - 300) / 26));
    const burst = Math.exp(-(((x - 150) / 78) ** 2));
    const y =
      190 +
      calm * burst * (74 * Math.sin(x * 0.19) * Math.sin(x * 0.031 + 1) + 34 * Math.sin(x * 0.43 + 0.6));
    return `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
  const windows = [84, 132, 180, 228];
  const heights = [26, 58, 92, 44, 120, 70, 34];
  return (
    <svg
      aria-hidden="true"
      className={classes.thread}
      viewBox="0 0 720 400"
      preserveAspectRatio="xMidYMid meet"
    >
      <g stroke="#ffffff" strokeOpacity="0.07">
        {Array.from({ length: 13 }, (_, index) => (
          <line key={index} x1={index * 60} x2={index * 60} y1="40" y2="340" />
        ))}
      </g>
      {windows.map((x, index) => (
        <rect
          key={x}
          x={x}
          y={96}
          width={44}
          height={188}
          rx={7}
          fill="#ffffff"
          fillOpacity={index === 1 ? 0.13 : 0.045}
          stroke="#ffffff"
          strokeOpacity={index === 1 ? 0.45 : 0.12}
        />
      ))}
      <path d={raw} fill="none" stroke="#8fd0d9" strokeWidth="2" strokeLinejoin="round" />
      {heights.map((height, index) => (
        <rect
          key={index}
          x={404 + index * 19}
          y={190 - height / 2}
          width={11}
          height={height}
          rx={3}
          fill={index === 4 ? "#e2b04a" : "#8fd0d9"}
          fillOpacity={index === 4 ? 1 : 0.55}
        />
      ))}
      <path
        d="M552 190H720"
        stroke="#e2b04a"
        strokeWidth="2.5"
        strokeDasharray="13 8"
        strokeLinecap="round"
      />
      <g transform="translate(596 146) scale(2.7)">
        <rect width="32" height="32" rx="7" fill="#0a4450" />
        <path d="M10.2 22.5 11.6 12a4.45 4.45 0 0 1 8.8 0l1.4 10.5z" fill="#e9f5f6" />
        <rect x="8.6" y="23" width="14.8" height="3" rx="1.5" fill="#e2b04a" />
      </g>
    </svg>
  );
}
