export const buy = () => {};
