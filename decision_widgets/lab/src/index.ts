import { documents } from './documents';
import { experiments } from './experiments';
import { insertCell } from './insertCell';
import { interrupt } from './interrupt';
import { launcher } from './launcher';
import { savedCard } from './savedCard';

export default [launcher, experiments, documents, savedCard, interrupt, insertCell];
