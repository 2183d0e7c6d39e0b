import { useShortcuts } from '../shell/shortcuts';

interface Props {
  compares: boolean;
  onToggle: () => void;
}

/** Puts the previous period beside this one, on pages whose charts go by day. */
export function CompareButton({ compares, onToggle }: Props) {
  useShortcuts({ x: onToggle });
  return (
    <button type="button" className="button" aria-pressed={compares} onClick={onToggle} title="Shortcut: x">
      Compare
    </button>
  );
}
