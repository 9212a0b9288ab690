import { openClickhouse } from '../support/sql/clickhouse-database.ts';
import { compareWith } from '../support/sql/same-answers.ts';

compareWith('ClickHouse', openClickhouse, { knowsHalfHours: false });
