export const storageCommands = [
  { what: 'Log and behaviour index, in bytes', command: "curl -s http://127.0.0.1:9464/metrics | grep -E '(log|behavior)_bytes'" },
  { what: 'What would keep the server from running', command: 'gamemetrics doctor' },
  { what: 'Whether the log of a stopped server is whole', command: 'gamemetrics log check' },
];
