import { GraphiQL } from 'graphiql';
import 'graphiql/graphiql.css';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { adoptKeysFromAddress, readKey, storeKey } from '../../dashboard/src/session/key_store.ts';
import { asking } from './ask';
import { KeyForm } from './key_form';
import { chosenTheme } from './theme';
import './page.css';

const firstQuery = `# The last days of a metric, and how far the numbers are.
# Ctrl+Space completes, Ctrl+Enter runs; the book on the left is the schema.
{
  project { name timeZone currency }
  pipeline { processed lagEvents }
  metrics { name title }
}
`;

function Page() {
  const [key, setKey] = useState(() => readKey('project'));
  const adopt = (given: string) => {
    storeKey('project', given);
    setKey(given);
  };
  if (key === null) return <KeyForm onKey={adopt} />;
  const theme = chosenTheme();
  return <GraphiQL fetcher={asking(key)} defaultQuery={firstQuery} {...(theme === null ? {} : { forcedTheme: theme })} />;
}

adoptKeysFromAddress(location, history);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
