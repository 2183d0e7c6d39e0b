import { useId, useState } from 'react';
import { linkText, type Board } from '../../boards/board';
import { Dialog } from '../../insight/dialog';
import { baseUrl } from '../../session/base_url';
import { parseRange, type RangeSearch } from '../../state/range';
import { queryText } from '../../state/search';
import { longestLink } from './dashboards_search';

interface Props {
  board: Board;
  range: RangeSearch;
  onClose: () => void;
}

/** The board as an address: whoever has a key of the project and opens it sees the same. */
export function ShareDialog({ board, range, onClose }: Props) {
  const id = useId();
  const [copied, setCopied] = useState(false);
  const link = new URL(`dashboards?${queryText({ ...parseRange({ ...range }), shared: linkText(board) })}`, baseUrl).href;
  const fits = link.length <= longestLink;
  const copy = async () => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
  };
  return (
    <Dialog title={`Share “${board.name}”`} onClose={onClose}>
      {fits ? (
        <>
          <p className="dialog-lead">
            <label htmlFor={id}>
              The link holds the whole dashboard and no key: it is asked for where it is opened. What is changed here later is not in it.
            </label>
          </p>
          <div className="share-link">
            <input id={id} className="field mono" readOnly value={link} onFocus={(event) => event.target.select()} />
            {/* Only pages over https or on this machine may write to the clipboard. */}
            {window.isSecureContext && (
              <button type="button" className="button" onClick={() => void copy()}>
                {copied ? 'Copied' : 'Copy'}
              </button>
            )}
          </div>
        </>
      ) : (
        <p className="dialog-lead">
          This dashboard is too large for an address that every server takes. Export it with Edit, and import the file elsewhere.
        </p>
      )}
    </Dialog>
  );
}
