import type { PipelineAnswer } from '../api/types';

/** The counters as they stood at one moment; `at` in milliseconds. */
export interface Sample {
  at: number;
  facts: PipelineAnswer;
}

export type Counter = 'log_end' | 'stored' | 'duplicates' | 'rejected';

const keptMs = 5 * 60_000;
const rateMs = 60_000;

/** Adds what was read. Counters that went back are those of a server that was set up anew: what was before them is dropped. */
export function addSample(samples: Sample[], sample: Sample): Sample[] {
  const last = samples.at(-1);
  if (last && sample.at <= last.at) return samples;
  const restarted = last !== undefined && sample.facts.log_end < last.facts.log_end;
  return [...(restarted ? [] : samples.filter(({ at }) => at >= sample.at - keptMs)), sample];
}

/** Events a second over the last minute, or over as much of it as was watched; null while there is nothing to compare with. */
export function rateOf(samples: Sample[], counter: Counter): number | null {
  const last = samples.at(-1);
  if (!last) return null;
  const first = samples.find(({ at }) => at >= last.at - rateMs);
  if (!first || first === last) return null;
  // `stored` may fall when an event is taken back; that is no rate of arriving.
  return Math.max(0, (last.facts[counter] - first.facts[counter]) / ((last.at - first.at) / 1000));
}

/** Events a second between each two samples, as a shape. */
export const ratesOf = (samples: Sample[], counter: Counter): number[] =>
  samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    const seconds = (sample.at - before.at) / 1000;
    return seconds > 0 ? Math.max(0, (sample.facts[counter] - before.facts[counter]) / seconds) : 0;
  });
