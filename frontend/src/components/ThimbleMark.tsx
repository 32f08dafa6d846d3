/** The thimble: a cap with dimples and a brass rim. Decorative; the name stands next to it. */
export function ThimbleMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0d5c6b" />
      <path d="M10.2 22.5 11.6 12a4.45 4.45 0 0 1 8.8 0l1.4 10.5z" fill="#fff" />
      <rect x="8.6" y="23" width="14.8" height="3" rx="1.5" fill="#e2b04a" />
      <g fill="#0d5c6b">
        <circle cx="13.9" cy="13.4" r=".9" />
        <circle cx="18.1" cy="13.4" r=".9" />
        <circle cx="16" cy="16.4" r=".9" />
        <circle cx="13.2" cy="19.4" r=".9" />
        <circle cx="18.8" cy="19.4" r=".9" />
        <circle cx="16" cy="10.8" r=".9" />
      </g>
    </svg>
  );
}
