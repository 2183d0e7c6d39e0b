import { storageCommands } from './storage_commands';

/** What a browser may not ask: sizes are on the internal address, which is not reachable from outside. */
export function StorageCard() {
  return (
    <section className="card chart-card storage" aria-labelledby="storage-title">
      <header className="card-head">
        <h2 id="storage-title">Storage</h2>
      </header>
      <div className="card-body">
        <p className="fine muted">
          Sizes on disk are told on the server&#39;s internal address (<code>internal.address</code>) alone. On the machine itself:
        </p>
        <dl className="fine">
          {storageCommands.map(({ what, command }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                <code>{command}</code>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
