// One sentence of help per reason: what to change in the game. A reason that is not here is shown with the server's own detail only.
const advice: Record<string, string> = {
  body_malformed: 'The request was not valid JSON, so no event could be told apart.',
  event_id_invalid: 'Send the event_id as text, best as a UUID, or leave it out.',
  event_name_invalid: 'The event name must be text.',
  event_name_missing: 'Give every event a name in "event".',
  event_name_too_long:
    'An event name may have up to 200 characters. Put changing parts, such as a level number, into properties.',
  event_not_an_object: 'Each entry of the batch must be one JSON object.',
  event_properties_too_many:
    'The event has more properties than one event may have. Send lists of things as several events.',
  event_time_invalid: 'Send the time as ISO 8601 or as Unix milliseconds, or leave it out.',
  event_time_too_old: 'The event is older than the server accepts. A wrong device clock is the usual cause.',
  event_too_deep: 'The event is nested too deeply. Flatten its properties.',
  event_too_large: 'The event is larger than one event may be.',
  field_invalid: 'A field has the wrong type.',
  field_too_long: 'A field is longer than it may be.',
  player_id_invalid: 'The player_id must be text or a number.',
  player_id_missing:
    'Send a player_id (PostHog clients: distinct_id) with every event; without it there is nobody to count.',
  player_id_refused:
    'Names such as "null", "undefined" or "anonymous" come from a mistake in the client and would merge many people into one player.',
  player_id_too_long: 'A player_id may have up to 200 characters.',
  properties_invalid: '"properties" must be one JSON object.',
  revenue_invalid: 'Send revenue as {"amount":"4.99","currency":"USD"}, with the amount in major units.',
};

export const reasonAdvice = (reason: string): string | null => advice[reason] ?? null;
