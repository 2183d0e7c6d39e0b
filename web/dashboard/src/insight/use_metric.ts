import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Question } from '../api/questions';
import type { Comparison } from '../state/compare';
import { metricQuestion, type MetricTable } from '../metrics/metric_table';
import { useApi } from '../session/session';

/** One metric of the catalogue by day beside another range, by default the previous one; two cards that ask the same share a request. */
export const useMetric = (asks: Question, name: string, compare?: Comparison) =>
  useQuery(questionQuery<MetricTable>(useApi(), 'metrics', metricQuestion(asks, name, compare)));
