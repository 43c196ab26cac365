/** What the nodes and the model of the live run are called. */

/** Addresses the nodes say they have, in `NodeAddress` and `ip`; their servers are on 127.0.0.1 like everything here. */
export const nodeAddresses = ['10.0.0.11', '10.0.0.12'] as const;
export const modelName = 'Qwen/Qwen2.5-7B-Instruct';
