import { useState } from 'react';
import type { Project } from '../api/types';
import { PageHead } from '../shell/page_head';
import type { SenderId } from '../setup/sender_ids';
import { Wizard } from './setup/wizard';

/** What every page of numbers shows while the project has none. */
export function GetStarted({ project, onDone }: { project: Project; onDone: () => void }) {
  const [sender, setSender] = useState<SenderId>();
  const detail = project.first_event_at === null ? `${project.name} has no events yet.` : `${project.name} has its first event.`;
  return (
    <>
      <PageHead title="Get started" detail={detail} />
      <Wizard project={project} sender={sender} onSender={setSender} onDone={onDone} />
    </>
  );
}
