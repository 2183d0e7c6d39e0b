import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { sendEvent } from '../../api/send_event';
import { baseUrl } from '../../session/base_url';
import type { SenderId } from '../../setup/sender_ids';
import { senderGroups, senderOf, testEvent } from '../../setup/senders';
import { CodeBlock } from './code_block';

interface Props {
  writeKey: string | null;
  chosen: SenderId | undefined;
  onChoose: (sender: SenderId) => void;
}

const keyPlaceholder = 'YOUR_WRITE_KEY';

export function SenderStep({ writeKey, chosen, onChoose }: Props) {
  const sender = senderOf(chosen);
  const target = { host: baseUrl.replace(/\/$/, ''), key: writeKey ?? keyPlaceholder };
  return (
    <li>
      <h2>Send an event</h2>
      <SenderChoice chosen={sender.id} onChoose={onChoose} />
      <p className="muted">{sender.hint}</p>
      {sender.note && <p className="setup-note">{sender.note}</p>}
      <CodeBlock name={sender.snippet.name} code={sender.snippet.code(target)} />
      {writeKey !== null && <TestButton writeKey={writeKey} />}
    </li>
  );
}

function SenderChoice({ chosen, onChoose }: { chosen: SenderId; onChoose: (sender: SenderId) => void }) {
  const name = useId();
  return (
    <div className="senders">
      {senderGroups.map((group) => (
        <fieldset key={group.name}>
          <legend>{group.name}</legend>
          <div>
            {group.senders.map((sender) => (
              <label key={sender.id} className={sender.id === chosen ? 'is-chosen' : undefined}>
                <input
                  type="radio"
                  name={name}
                  value={sender.id}
                  checked={sender.id === chosen}
                  onChange={() => onChoose(sender.id)}
                />
                {sender.name}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

function TestButton({ writeKey }: { writeKey: string }) {
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState<string | null>(null);
  const send = async () => {
    try {
      const answer = await sendEvent(baseUrl, writeKey, testEvent);
      setOutcome(answer.accepted === 1 ? 'Sent.' : 'The server refused it; the reason is below.');
      await queries.invalidateQueries({ queryKey: ['project'] });
    } catch (error) {
      setOutcome(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <p className="test-event">
      <button type="button" className="button" onClick={() => void send()}>
        Send a test event from here
      </button>
      <span role="status">{outcome}</span>
    </p>
  );
}
