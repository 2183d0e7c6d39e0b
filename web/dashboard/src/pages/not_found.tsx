import { Link } from '@tanstack/react-router';
import { PageHead } from '../shell/page_head';

export function NotFound() {
  return (
    <>
      <PageHead title="No such page" />
      <section className="card">
        <p className="empty">
          There is nothing at this address. <Link to="/">Go to the overview</Link>
        </p>
      </section>
    </>
  );
}
