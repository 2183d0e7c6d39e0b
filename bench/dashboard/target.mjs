// What is measured: the server named by GM_URL, GM_PROJECT_KEY and GM_WRITE_KEY, else the demo game, started for this run alone.
import { loadavg } from 'node:os';
import { startDemo } from '../../test/browser/support/demo.mjs';
import { openTarget } from '../../test/browser/support/target.mjs';

/** Gives the target to `measure`, ends what was started, and says how busy the machine was. */
export async function measured(measure) {
  const { stop } = process.env.GM_URL ? { stop: async () => {} } : await startDemo();
  const load = () => loadavg()[0].toFixed(1);
  const before = load();
  try {
    const met = await measure(await openTarget());
    console.log(`load average ${before} before, ${load()} after`);
    process.exitCode = met ? 0 : 1;
  } finally {
    await stop();
  }
}

/** The value that so many of a hundred are not above. */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)];
}

/** A line of the output: what was measured, beside its goal. */
export function verdict(what, value, met, goal) {
  console.log(`${met ? 'met   ' : 'MISSED'} ${what}: ${value} (goal ${goal})`);
  return met;
}
