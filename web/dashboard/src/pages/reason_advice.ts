// One sentence of help per reason. A reason that is not here is shown with the server's own detail only.
const advice: Record<string, string> = {
  player_id_missing: 'Send a player_id (for PostHog clients: distinct_id) with every event; without it there is nobody to count.',
  player_id_illegal: 'Names such as "null", "undefined" or "anonymous" come from a bug in the client and would merge many people into one player.',
  player_id_too_long: 'A player_id may have up to 200 characters.',
  event_name_missing: 'Give every event a name in "event".',
  event_name_too_long: 'An event name may have up to 200 characters. Put changing parts, such as a level number, into properties.',
  event_time_invalid: 'Send the time as ISO 8601 or as Unix milliseconds, or leave it out.',
  event_time_too_old: 'The event is older than the server accepts. A wrong device clock is the usual cause.',
  event_too_large: 'The event is larger than one event may be.',
  properties_invalid: '"properties" must be one JSON object.',
  body_malformed: 'The request was not valid JSON, so no event could be told apart.',
};

export const reasonAdvice = (reason: string): string | null => advice[reason] ?? null;
