/** What was chosen in the dashboard; null: the system's. */
export function chosenTheme(): 'light' | 'dark' | null {
  try {
    const stored = localStorage.getItem('gm.theme');
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null; // storage is forbidden
  }
}
