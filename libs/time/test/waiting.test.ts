import { describe, expect, it } from 'vitest';
import { createFakeClock, sleep, TimeoutError, withTimeout } from '../src/index.ts';

describe('sleep', () => {
  it('resolves when its time has come', async () => {
    const clock = createFakeClock();
    let awake = false;
    const sleeping = sleep(clock, 100).then(() => (awake = true));
    await clock.advanceAsync(99);
    expect(awake).toBe(false);
    await clock.advanceAsync(1);
    expect(awake).toBe(true);
    await sleeping;
  });

  it('ends at once with the reason when aborted, and leaves no timer', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, controller.signal);
    controller.abort(new Error('stopping'));
    await expect(sleeping).rejects.toThrow('stopping');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does not start when the signal was aborted before', async () => {
    const clock = createFakeClock();
    await expect(sleep(clock, 100, AbortSignal.abort('why'))).rejects.toMatchObject({
      message: 'aborted',
      cause: 'why',
    });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('wakes once when the signal is aborted after it', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 1, controller.signal);
    clock.advance(1);
    controller.abort();
    await expect(sleeping).resolves.toBeUndefined();
  });
});

describe('withTimeout', () => {
  it('follows a promise that settles in time, and leaves no timer', async () => {
    const clock = createFakeClock();
    await expect(withTimeout(clock, Promise.resolve(7), 100, 'work')).resolves.toBe(7);
    await expect(withTimeout(clock, Promise.reject(new Error('broken')), 100, 'work')).rejects.toThrow('broken');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('says what took too long', async () => {
    const clock = createFakeClock();
    const waiting = withTimeout(clock, new Promise(() => {}), 250, 'reading the record');
    clock.advance(250);
    const error: unknown = await waiting.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      code: 'timeout',
      retryable: true,
      what: 'reading the record',
      timeoutMs: 250,
      message: 'reading the record took longer than 250 ms',
    });
  });
});
