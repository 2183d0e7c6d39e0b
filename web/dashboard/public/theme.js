// Runs before the first paint, so that a chosen theme does not flash the other one. An inline script would break the content security policy.
try {
  const chosen = localStorage.getItem('gm.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's theme is used then.
}
