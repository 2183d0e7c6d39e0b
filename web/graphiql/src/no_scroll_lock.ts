// Stands in for react-style-singleton, with which GraphiQL's dialogs write a style element into the page to stop it from
// scrolling. The content security policy allows no such element, and this page does not scroll.
const nothing = () => null;

export const styleSingleton = () => nothing;
