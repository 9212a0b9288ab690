import { createContext, useContext } from 'react';
import type { Backend } from '../link/backend.ts';
import type { Coordinator } from '../link/coordinator.ts';

export interface Services {
  backend: Backend;
  coordinator: Coordinator;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('a part of the interface was drawn outside the application');
  return services;
}
