import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer, type Question, type QuestionKind } from '../api/questions';
import { together } from '../charts/loadable';
import { useApi } from '../session/session';
import { comparedRange, type Comparison } from '../state/compare';

/**
 * The answer to a question and the answer about the range that it is compared with. It is asked twice: `compare` of the API is for
 * series by day, of which every day would come along, and here whole ranges stand side by side. The other question is also what lists
 * the players behind the other numbers.
 */
export function useCompared<OneAnswer extends Answer<object>>(kind: QuestionKind, question: Question, by: Comparison) {
  const api = useApi();
  const earlier: Question = { ...question, ...comparedRange(question, by) };
  const now = useQuery(questionQuery<OneAnswer>(api, kind, question));
  const before = useQuery(questionQuery<OneAnswer>(api, kind, earlier));
  return { earlier, loadable: together({ now, before }) };
}
