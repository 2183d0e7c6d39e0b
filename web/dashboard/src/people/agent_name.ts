// The order matters: Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari.
const programs: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\/|HeadlessChrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** A User-Agent in two words, enough to know one's own again; what is no browser is shown as it is. */
export function agentName(agent: string): string {
  const find = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(agent))?.[1];
  const [program, system] = [find(programs), find(systems)];
  if (program === undefined) return agent.slice(0, 40) || 'unknown';
  return system === undefined ? program : `${program} on ${system}`;
}
