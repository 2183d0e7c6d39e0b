import { Outlet, useMatches } from '@tanstack/react-router';
import { pages, type Page } from '../pages/pages';
import { whyNot } from '../session/rights';
import { useMay, useSession } from '../session/session';
import { PageHead } from './page_head';

/** The page of the address, or why whoever is here may not see it. */
export function AllowedPage() {
  const id = useMatches({ select: (matches) => matches.at(-1)?.routeId });
  const may = useMay();
  const { person } = useSession();
  const page = (pages as readonly Page[]).find(({ path }) => path === id);
  if (!page?.needs || may(page.needs)) return <Outlet />;
  return (
    <>
      <PageHead title={page.label} />
      <section className="card">
        <p className="empty" data-missing={page.needs}>
          {whyNot(page.needs, person?.place.organisation.role)}
        </p>
      </section>
    </>
  );
}

/** Those pages that would show something to whoever is here. */
export function useAllowedPages(): readonly Page[] {
  const may = useMay();
  return (pages as readonly Page[]).filter(({ needs }) => needs === undefined || may(needs));
}
