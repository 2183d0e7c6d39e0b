import { useEffect, useRef, useState, type RefObject } from 'react';

interface Size {
  width: number;
  height: number;
}

// Nothing can be drawn in less. A browser that captures a whole page lays it out with almost no width for a moment.
const narrowest = 40;

/** The size of an element in whole CSS pixels, kept up to date; 0 until it is laid out. */
export function useSize<Target extends HTMLElement>(): [RefObject<Target | null>, Size] {
  const ref = useRef<Target>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry || entry.contentRect.width < narrowest) return;
      const [width, height] = [Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height)];
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

export function useWidth<Target extends HTMLElement>(): [RefObject<Target | null>, number] {
  const [ref, { width }] = useSize<Target>();
  return [ref, width];
}
