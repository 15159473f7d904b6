import { interrupt } from './interrupt';
import { launcher } from './launcher';
import { savedCard } from './savedCard';

export default [launcher, savedCard, interrupt];
