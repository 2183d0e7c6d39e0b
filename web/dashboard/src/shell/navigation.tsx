import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { pipelineQuery } from '../api/queries';
import { formatCompact } from '../format/numbers';
import { groups, type Page } from '../pages/pages';
import { useApi } from '../session/session';
import { useAllowedPages } from './allowed_page';
import { PageIcon } from './page_icons';

/** The pages that whoever is here may see, by group; a group without a page is not shown. */
export function Navigation() {
  const allowed = useAllowedPages();
  return (
    <nav className="pages" aria-label="Pages">
      {groups.map((group) => (
        <Group
          key={group}
          name={group}
          members={allowed.filter((page) => page.group === group && !page.unlisted)}
        />
      ))}
    </nav>
  );
}

function Group({ name, members }: { name: string; members: readonly Page[] }) {
  const id = useId();
  if (members.length === 0) return null;
  return (
    <div className="page-group">
      <h2 id={id}>{name}</h2>
      <ul aria-labelledby={id}>
        {members.map(({ path, label, icon }) => (
          <li key={path}>
            <Link to={path} activeOptions={{ exact: path === '/', includeSearch: false }}>
              <PageIcon name={icon} />
              <span>{label}</span>
              {path === '/rejected' && <RejectedCount />}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function RejectedCount() {
  const rejected = useQuery(pipelineQuery(useApi())).data?.rejected ?? 0;
  return rejected > 0 ? <span className="count">{formatCompact(rejected, 'count')}</span> : null;
}
