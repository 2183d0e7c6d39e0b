import { useState } from 'react';
import { ApiError } from '../api/problem';
import { isChallenge, refusalOf, type Challenge, type SignedIn } from './sign_in';

/** One way in that may need a second step: what is being sent, what was refused, and the challenge that is left to answer. */
export function useEntering(onDone: () => void) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [challenge, setChallenge] = useState<Challenge | null>(null);

  const enter = async (attempt: () => Promise<SignedIn>) => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await attempt();
      if (isChallenge(answer)) setChallenge(answer);
      else onDone();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'gm-challenge-unknown') setChallenge(null);
      setProblem(refusalOf(error as Error));
    } finally {
      setBusy(false);
    }
  };
  const startAgain = () => {
    setChallenge(null);
    setProblem(null);
  };
  return { enter, startAgain, complain: setProblem, problem, busy, challenge };
}
