import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { isAbort, type ApiClient } from '../../api/client';
import { downloadFile } from '../../format/download';
import { useApi } from '../../session/session';

const files = [
  { format: 'csv', label: 'CSV', accept: 'text/csv' },
  { format: 'ndjson', label: 'NDJSON', accept: 'application/x-ndjson' },
  { format: 'parquet', label: 'Parquet', accept: 'application/vnd.apache.parquet' },
] as const;
type File = (typeof files)[number];

/** A file that broke off rejects here: what is kept is whole. */
async function fetchFile(api: ApiClient, sql: string, { format, accept }: File, signal: AbortSignal): Promise<void> {
  const response = await api.postForResponse(`api/v1/sql?format=${format}`, { sql }, accept, signal);
  downloadFile(`sql.${format}`, await response.blob());
}

/** The statement's rows as files of the server: all of them, also where the table above ends at a limit. */
export function Downloads({ sql }: { sql: string }) {
  const api = useApi();
  const running = useRef<AbortController | null>(null);
  const download = useMutation({
    mutationFn: (file: File) => {
      running.current = new AbortController();
      return fetchFile(api, sql, file, running.current.signal);
    },
  });
  // Whoever leaves, or asks something else, no longer waits for the file.
  useEffect(() => () => running.current?.abort(), []);
  const failed = download.isError && !isAbort(download.error);
  return (
    <div className="card-tools" role="group" aria-label="Download all rows">
      {failed && (
        <span role="alert" className="fine sql-file-failure">
          No file: {download.error.message}
        </span>
      )}
      {download.isPending ? (
        <>
          <span className="fine muted" role="status">
            The server writes {download.variables.label}…
          </span>
          <button type="button" className="button quiet" onClick={() => running.current?.abort()}>
            Stop
          </button>
        </>
      ) : (
        files.map((file) => (
          <button
            key={file.format}
            type="button"
            className="button quiet"
            aria-label={`Download the answer as ${file.label}`}
            onClick={() => download.mutate(file)}
          >
            {file.label}
          </button>
        ))
      )}
    </div>
  );
}
