/** The shipped prometheus.yml with the addresses of one set. Pure. */
import { parse, stringify } from 'yaml';
import { isTree, list, text, tree } from '../kubernetes/tree.ts';

/** What is put in. */
export interface ScrapePlaces {
  /** `host:port` by name of the job; jobs without any are left out. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Folder the names of rule files are relative to. */
  readonly folder: string;
  /** Between scrapes, and between evaluations of the rules. */
  readonly intervalS: number;
}

/** Text of the configuration. */
export function prometheusConfig(shipped: string, { targets, folder, intervalS }: ScrapePlaces): string {
  const config = tree(parse(shipped), 'prometheus.yml');
  const every = `${intervalS}s`;
  const jobs = list(config['scrape_configs'], 'scrape_configs').flatMap((job) => {
    if (!isTree(job)) return [];
    const own = targets[text(job['job_name'], 'job_name')];
    return own === undefined ? [] : [{ ...job, static_configs: [{ targets: own }] }];
  });
  return stringify({
    ...config,
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: list(config['rule_files'], 'rule_files').map((file) => `${folder}/${text(file, 'rule_files')}`),
    scrape_configs: jobs,
  });
}
