import type { ReactNode } from 'react';

export function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const Logo = () => (
  <svg className="logo" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
    <rect className="logo-back" width="32" height="32" rx="7" />
    <path className="logo-bars" d="M8 23v-6M14 23V11M20 23v-9M26 23V7" />
  </svg>
);

export const InfoIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.8" />
    <path d="M8 7.4v3.4M8 5.1v.1" />
  </Icon>
);
export const TableIcon = () => (
  <Icon>
    <rect x="2.2" y="3" width="11.6" height="10" rx="1" />
    <path d="M2.2 6.4h11.6M2.2 9.7h11.6M6.6 6.4V13" />
  </Icon>
);
export const ChartIcon = () => (
  <Icon>
    <path d="M2.5 2.5v11h11M5.4 10.6V8M8.3 10.6V5.2M11.2 10.6V6.8" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2.5v7.2M4.9 6.9 8 10l3.1-3.1M2.8 13.3h10.4" />
  </Icon>
);
export const QueryIcon = () => (
  <Icon>
    <path d="M5.4 4.6 2 8l3.4 3.4M10.6 4.6 14 8l-3.4 3.4M9 3.4 7 12.6" />
  </Icon>
);
export const PictureIcon = () => (
  <Icon>
    <rect x="2.2" y="3" width="11.6" height="10" rx="1" />
    <path d="m2.6 11.6 3.2-3.4 2.6 2.6 1.8-1.8 3.4 3.2M10.4 5.8v.1" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.8" />
    <path d="M8 1.6v1.3M8 13.1v1.3M1.6 8h1.3M13.1 8h1.3M3.5 3.5l.9.9M11.6 11.6l.9.9M12.5 3.5l-.9.9M4.4 11.6l-.9.9" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M13.2 9.7A5.6 5.6 0 0 1 6.3 2.8a5.6 5.6 0 1 0 6.9 6.9Z" />
  </Icon>
);
export const SystemIcon = () => (
  <Icon>
    <rect x="2" y="3" width="12" height="8" rx="1" />
    <path d="M6 13.5h4" />
  </Icon>
);
export const HelpIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.8" />
    <path d="M6.4 6.4a1.7 1.7 0 1 1 2.4 1.6c-.5.2-.8.6-.8 1.1M8 11.2v.1" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path d="M5.6 3.6v8.8M10.4 3.6v8.8" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M5 3.4v9.2L12.4 8 5 3.4Z" />
  </Icon>
);
export const LeaveIcon = () => (
  <Icon>
    <path d="M6.3 2.8H3.2v10.4h3.1M10.3 5.2 13 8l-2.7 2.8M13 8H6.4" />
  </Icon>
);
export const AddIcon = () => (
  <Icon>
    <path d="M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM11.2 9v4.6M8.9 11.3h4.6" />
  </Icon>
);
export const OpenIcon = () => (
  <Icon>
    <path d="M9 2.8h4.2V7M13 3 7.6 8.4M6.6 3.4H3v9.6h9.6V9.4" />
  </Icon>
);
export const MoveIcon = () => (
  <Icon>
    <path d="M8 2v12M2 8h12M6.2 3.8 8 2l1.8 1.8M6.2 12.2 8 14l1.8-1.8M3.8 6.2 2 8l1.8 1.8M12.2 6.2 14 8l-1.8 1.8" />
  </Icon>
);
