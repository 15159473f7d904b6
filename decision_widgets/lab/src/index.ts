import { documents } from './documents';
import { experiments } from './experiments';
import { launcher } from './launcher';
import { savedCard } from './savedCard';

export default [launcher, experiments, documents, savedCard];
