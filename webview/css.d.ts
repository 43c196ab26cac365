/** Style sheets, which the bundler takes over as files. */
declare module '*.css';
