import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Question } from '../api/questions';
import { metricQuestion, type MetricTable } from '../metrics/metric_table';
import { useApi } from '../session/session';

/** One metric of the catalogue by day, with the period before; two cards that ask the same share one request. */
export const useMetric = (asks: Question, name: string) =>
  useQuery(questionQuery<MetricTable>(useApi(), 'metrics', metricQuestion(asks, name)));
