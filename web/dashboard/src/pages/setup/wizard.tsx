import { useState } from 'react';
import type { Project } from '../../api/types';
import { readKey } from '../../session/key_store';
import type { SenderId } from '../../setup/sender_ids';
import { ArrivalStep } from './arrival_step';
import { KeyStep } from './key_step';
import { SenderStep } from './sender_step';
import './setup.css';

interface Props {
  project: Project;
  sender: SenderId | undefined;
  onSender: (sender: SenderId) => void;
  onDone: () => void;
}

/** From a key to the first event on the screen. */
export function Wizard({ project, sender, onSender, onDone }: Props) {
  const [writeKey, setWriteKey] = useState(() => readKey('write'));
  const [fromBeginning] = useState(project.first_event_at === null);
  return (
    <section className="card start" aria-label="Set up">
      <ol className="start-steps">
        <KeyStep writeKey={writeKey} onKey={setWriteKey} />
        <SenderStep writeKey={writeKey} chosen={sender} onChoose={onSender} />
        <ArrivalStep timezone={project.timezone} fromBeginning={fromBeginning} onDone={onDone} />
      </ol>
    </section>
  );
}
