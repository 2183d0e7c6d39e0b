import { qrCode } from './qr_code';

const quiet = 4;

/** The code as dark squares on white, in both themes: cameras want it so. Nothing where the text is too long. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const code = qrCode(text);
  if (code === null) return null;
  const size = code.length + 2 * quiet;
  const squares = code.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])));
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={squares.join('')} fill="#000" />
    </svg>
  );
}
