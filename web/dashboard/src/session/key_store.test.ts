import { describe, expect, test, vi } from 'vitest';
import { appBase } from './base_url';
import { adoptKeysFromAddress, keysFromFragment, readKey, storeKey } from './key_store';

describe('keys', () => {
  test('the fragment gives the keys and is emptied', () => {
    expect(keysFromFragment('#key=gm_pk_abc-1&write_key=gm_wk_x')).toEqual({
      keys: { project: 'gm_pk_abc-1', write: 'gm_wk_x' },
      rest: '',
    });
    expect(keysFromFragment('#key=<script>')).toEqual({ keys: {}, rest: '' });
    expect(keysFromFragment('#main')).toEqual({ keys: {}, rest: '#main' });
  });

  test('a key in the address is stored and taken out of the history', () => {
    const replaceState = vi.fn();
    const location = { hash: '#key=gm_pk_1', pathname: '/live', search: '?q=x' } as Location;
    adoptKeysFromAddress(location, { state: null, replaceState } as unknown as History);
    expect(readKey('project')).toBe('gm_pk_1');
    expect(replaceState).toHaveBeenCalledWith(null, '', '/live?q=x');
  });

  test('a key can be forgotten', () => {
    storeKey('project', 'gm_pk_1');
    storeKey('project', null);
    expect(readKey('project')).toBeNull();
  });

  test('without storage a key lives as long as the page', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    storeKey('project', 'gm_pk_2');
    expect(readKey('project')).toBe('gm_pk_2');
    storeKey('project', null);
    expect(readKey('project')).toBeNull();
  });
});

test('the base is the folder of the page, also under a sub-path', () => {
  expect(appBase('http://h/live')).toBe('http://h/');
  expect(appBase('http://h/games/')).toBe('http://h/games/');
  expect(appBase('http://h/games/rejected?x=1')).toBe('http://h/games/');
});
