import { buy, sell } from './module_exports.mjs';

buy(sell);
