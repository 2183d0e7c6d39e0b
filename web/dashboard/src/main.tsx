import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeRouter } from './router';
import { adoptKeysFromAddress } from './session/key_store';
import { adoptLetterFromAddress } from './session/letter';
import { SessionProvider } from './session/session_provider';
import './styles/index.css';

// Before the router reads the address: neither may stay in it.
adoptKeysFromAddress(window.location, window.history);
adoptLetterFromAddress(window.location, window.history);

// Browsers look a relative icon up anew at each address, and those of pages are of several depths.
const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
if (icon) icon.setAttribute('href', icon.href);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const router = makeRouter();

createRoot(root).render(
  <StrictMode>
    <SessionProvider>
      <RouterProvider router={router} />
    </SessionProvider>
  </StrictMode>,
);
