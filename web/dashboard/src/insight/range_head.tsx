import type { Project } from '../api/types';
import { dateRange } from '../format/dates';
import { NotesButton } from '../marks/notes_button';
import { PageHead } from '../shell/page_head';
import { RangePicker } from '../shell/range_picker';
import type { RangeSearch, ResolvedRange } from '../state/range';

interface Props {
  title: string;
  project: Project;
  range: ResolvedRange;
  today: string;
  onPick: (range: RangeSearch) => void;
  children?: React.ReactNode;
}

export function RangeHead({ title, project, range, today, onPick, children }: Props) {
  return (
    <PageHead title={title} detail={`${dateRange(range.from, range.to)} · ${project.timezone}`}>
      {children}
      <NotesButton today={today} />
      <RangePicker range={range} today={today} onPick={onPick} />
    </PageHead>
  );
}
