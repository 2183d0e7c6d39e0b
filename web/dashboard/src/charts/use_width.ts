import { useEffect, useRef, useState, type RefObject } from 'react';

// Nothing can be drawn in less. A browser that captures a whole page lays it out with almost no width for a moment.
const narrowest = 40;

/** The width of an element in CSS pixels, kept up to date; 0 until it is laid out. */
export function useWidth<Target extends HTMLElement>(): [RefObject<Target | null>, number] {
  const ref = useRef<Target>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width >= narrowest) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
