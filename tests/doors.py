"""The access matrix, as data: every route, every method, every principal, and what each is answered.

Columns in the order of `tests.stage.PEOPLE`: nobody; Fatima (buyer of the order) and Huda (another buyer); Ahmed
(its seller) and Yusuf (another seller); Nadia (a seller pending approval; her programs get no token); Bilal (its
driver) and Omar (another carrier's); Deepa (its dispatcher) and Salma (another's); Sara (staff).
400 and 409 mean: through the door, and then refused for an empty body or the wrong moment; on pages a stranger is
led to the sign-in page (302), and so is a pending seller to where its review stands. Signing out everywhere comes
last, because it takes the browser's cookie with it.
"""

API = """
GET    /auth/me                                          401 200 200 200 200 401 200 200 200 200 200
POST   /auth/login                                       400 400 400 400 400 400 400 400 400 400 400
POST   /auth/refresh                                     400 400 400 400 400 400 400 400 400 400 400
POST   /auth/logout                                      400 400 400 400 400 400 400 400 400 400 400
PATCH  /auth/me                                          401 200 200 200 200 401 200 200 200 200 200
POST   /auth/logout-all                                  401 200 200 200 200 401 200 200 200 200 200
POST   /auth/password/change                             401 400 400 400 400 401 400 400 400 400 400
POST   /auth/password/reset                              400 400 400 400 400 400 400 400 400 400 400
POST   /auth/password/reset/confirm                      400 400 400 400 400 400 400 400 400 400 400
GET    /team                                             401 200 200 200 200 401 403 403 200 200 403
POST   /team/invitations                                 401 400 400 400 400 401 403 403 400 400 403
DELETE /team/invitations/{invitation}                    401 404 404 200 404 401 403 403 404 404 403
POST   /team/{member}/deactivate                         401 404 404 200 404 401 403 403 404 404 403
POST   /invitations/accept                               400 400 400 400 400 400 400 400 400 400 400
POST   /vendor/register                                  415 415 415 415 415 415 415 415 415 415 415
POST   /retailer/register                                400 400 400 400 400 400 400 400 400 400 400
GET    /products                                         200 200 200 200 200 200 200 200 200 200 200
GET    /products/{product}                               200 200 200 200 200 200 200 200 200 200 200
GET    /categories                                       200 200 200 200 200 200 200 200 200 200 200
GET    /brands                                           200 200 200 200 200 200 200 200 200 200 200
POST   /products                                         401 403 403 400 400 401 403 403 403 403 403
PATCH  /products/{product}                               401 403 403 200 404 401 403 403 403 403 403
DELETE /products/{product}                               401 403 403 200 404 401 403 403 403 403 403
POST   /products/{product}/images                        401 403 403 415 404 401 403 403 403 403 403
POST   /products/{product}/stock                         401 403 403 400 400 401 403 403 403 403 403
POST   /products/{product}/moves/withdraw                401 403 403 200 404 401 403 403 403 403 403
POST   /products/{product}/moves/hide                    401 403 403 403 404 401 403 403 403 403 403
GET    /products/{product}/movements                      401 403 403 200 404 401 403 403 403 403 403
DELETE /products/{product}/images/9                       401 403 403 404 404 401 403 403 403 403 403
GET    /addresses                                        401 200 200 403 403 401 403 403 403 403 403
POST   /addresses                                        401 400 400 403 403 401 403 403 403 403 403
GET    /orders                                           401 200 200 200 200 401 200 200 200 200 200
POST   /orders                                           401 400 400 403 403 401 403 403 403 403 403
GET    /orders/{order}                                   401 200 404 200 404 401 404 404 404 404 200
POST   /orders/{order}/moves/accept                      401 403 404 409 404 401 404 404 404 404 403
POST   /orders/{order}/moves/reject                      401 403 404 400 404 401 404 404 404 404 403
POST   /orders/{order}/moves/ready                       401 403 404 409 404 401 404 404 404 404 403
POST   /orders/{order}/moves/cancel                      401 409 404 403 404 401 404 404 404 404 200
POST   /orders/{order}/moves/fly                         401 404 404 404 404 401 404 404 404 404 404
POST   /orders/{order}/reorder                           401 200 404 403 403 401 403 403 403 403 403
POST   /payments/{payment}/refunds                       401 403 403 403 403 401 403 403 403 403 400
GET    /vendor/documents                                 401 403 403 200 200 401 403 403 403 403 403
POST   /vendor/documents                                 401 403 403 415 415 401 403 403 403 403 403
GET    /payments/{payment}                               401 200 404 404 404 401 404 404 404 404 200
POST   /payments/webhooks/sandbox                        401 401 401 401 401 401 401 401 401 401 401
POST   /payments/webhooks/stripe                         401 401 401 401 401 401 401 401 401 401 401
GET    /deliveries                                       401 200 200 200 200 401 200 200 200 200 200
GET    /deliveries/{delivery}                            401 200 404 200 404 401 200 404 200 404 200
POST   /deliveries/{delivery}/moves/assign               401 403 404 403 404 401 403 404 400 404 400
POST   /deliveries/{delivery}/moves/take                 401 403 404 403 404 401 200 404 403 404 403
POST   /deliveries/{delivery}/moves/pick_up              401 403 404 403 404 401 200 404 403 404 403
POST   /deliveries/{delivery}/moves/out_for_delivery     401 403 404 403 404 401 409 404 403 404 403
POST   /deliveries/{delivery}/moves/deliver              401 403 404 403 404 401 409 404 403 404 403
POST   /deliveries/{delivery}/moves/fail                 401 403 404 403 404 401 409 404 403 404 409
POST   /deliveries/{delivery}/moves/unlock               401 403 404 403 404 401 403 404 409 404 409
GET    /deliveries/{delivery}/photo                      401 404 404 404 404 401 404 404 404 404 404
GET    /notifications                                    401 200 200 200 200 401 200 200 200 200 200
POST   /notifications/{note}/read                        401 200 404 404 404 401 404 404 404 404 404
"""

PAGES = """
GET   /                                              200 200 200 302 302 302 302 302 302 302 302
GET   /account/                                      302 200 200 200 200 200 200 200 200 200 200
GET   /account/edit/                                 302 200 200 200 200 200 200 200 200 200 200
POST  /account/edit/                                 302 200 200 200 200 200 200 200 200 200 200
GET   /account/business/                             302 200 200 200 200 200 403 403 200 200 403
POST  /account/business/                             302 200 200 200 200 200 403 403 200 200 403
POST  /account/mail/                                 302 302 302 302 302 302 302 302 302 302 302
POST  /account/confirm-email/                        302 302 302 302 302 302 302 302 302 302 302
GET   /account/team/                                 302 200 200 200 200 302 403 403 200 200 403
POST  /account/team/                                 302 200 200 200 200 302 403 403 200 200 403
POST  /account/team/invitations/{invitation}/withdraw/ 302 404 404 302 404 302 403 403 404 404 403
POST  /account/team/{member}/deactivate/             302 404 404 302 404 302 403 403 404 404 403
GET   /invitation/{token}/                           404 404 404 404 404 404 404 404 404 404 404
GET   /addresses/                                    302 200 200 403 403 403 403 403 403 403 403
POST  /addresses/                                    302 200 200 403 403 403 403 403 403 403 403
POST  /addresses/hand-over/                          302 302 302 403 403 403 403 403 403 403 403
GET   /carrier/                                      302 403 403 403 403 403 403 403 200 200 403
POST  /carrier/{delivery}/assign/                    302 403 403 403 403 403 403 403 302 404 403
POST  /carrier/{delivery}/unlock/                    302 403 403 403 403 403 403 403 409 404 403
GET   /cart/                                         302 200 200 403 403 403 403 403 403 403 403
POST  /cart/{product}/                               302 302 302 403 403 403 403 403 403 403 403
GET   /catalog/                                      200 200 200 200 200 200 200 200 200 200 200
GET   /catalog/{product}-pepsi-330ml/                200 200 200 200 200 200 200 200 200 200 200
GET   /checkout/                                     302 302 302 403 403 403 403 403 403 403 403
POST  /checkout/                                     302 200 200 403 403 403 403 403 403 403 403
GET   /deliveries/{delivery}/photo/                  302 404 404 404 404 404 404 404 404 404 404
GET   /driver/                                       302 403 403 403 403 403 200 200 403 403 403
GET   /driver/{delivery}/                            302 403 403 403 403 403 200 404 403 403 403
POST  /driver/{delivery}/moves/pick_up/              302 403 403 403 403 403 302 404 403 403 403
POST  /driver/{delivery}/moves/deliver/              302 403 403 403 403 403 200 404 403 403 403
GET   /health/live                                   200 200 200 200 200 200 200 200 200 200 200
GET   /health/ready                                  200 200 200 200 200 200 200 200 200 200 200
GET   /metrics                                       200 200 200 200 200 200 200 200 200 200 200
POST  /i18n/setlang/                                 302 302 302 302 302 302 302 302 302 302 302
GET   /media/nothing.webp                            404 404 404 404 404 404 404 404 404 404 404
GET   /notifications/                                302 200 200 200 200 200 200 200 200 200 200
POST  /notifications/{note}/read/                    302 302 404 404 404 404 404 404 404 404 404
POST  /notifications/read/                           302 302 302 302 302 302 302 302 302 302 302
GET   /orders/                                       302 200 200 403 403 403 403 403 403 403 403
GET   /orders/{order}/                               302 200 404 200 404 302 403 403 403 403 200
POST  /orders/{order}/moves/accept/                  302 403 404 409 404 302 403 403 403 403 403
POST  /orders/{order}/moves/cancel/                  302 409 404 403 404 302 403 403 403 403 302
POST  /orders/{order}/reorder/                       302 302 404 403 403 403 403 403 403 403 403
GET   /payments/{payment}/                           302 302 404 404 404 404 404 404 404 404 302
GET   /payments/return/                              200 200 200 200 200 200 200 200 200 200 200
GET   /register/retailer/                            200 200 200 200 200 200 200 200 200 200 200
POST  /register/retailer/                            200 200 200 200 200 200 200 200 200 200 200
GET   /register/vendor/                              200 200 200 200 200 200 200 200 200 200 200
POST  /register/vendor/                              200 200 200 200 200 200 200 200 200 200 200
GET   /retailers/{retailer}/licence/                  302 404 404 404 404 404 404 404 404 404 404
GET   /styleguide/                                   404 404 404 404 404 404 404 404 404 404 404
POST  /theme/                                        400 400 400 400 400 400 400 400 400 400 400
GET   /vendor/                                       302 403 403 200 200 302 403 403 403 403 403
GET   /vendor/documents/                             302 403 403 200 200 200 403 403 403 403 403
GET   /vendor/documents/{paper}/                     302 404 404 200 404 404 404 404 404 404 200
GET   /vendor/orders/                                302 403 403 200 200 302 403 403 403 403 403
GET   /vendor/products/                              302 403 403 200 200 302 403 403 403 403 403
GET   /vendor/products/new/                          302 403 403 200 200 302 403 403 403 403 403
POST  /vendor/products/new/                          302 403 403 200 200 302 403 403 403 403 403
GET   /vendor/products/{product}/                    302 403 403 200 404 302 403 403 403 403 403
POST  /vendor/products/{product}/                    302 403 403 200 404 302 403 403 403 403 403
POST  /vendor/products/{product}/images/               302 403 403 302 404 302 403 403 403 403 403
POST  /vendor/products/{product}/images/9/moves/up/    302 403 403 404 404 302 403 403 403 403 403
GET   /vendor/products/{product}/movements/            302 403 403 200 404 302 403 403 403 403 403
POST  /vendor/products/{product}/moves/archive/      302 403 403 302 404 302 403 403 403 403 403
POST  /vendor/products/{product}/stock/              302 403 403 302 404 302 403 403 403 403 403
GET   /vendor/profile/                               302 403 403 200 200 302 403 403 403 403 403
GET   /vendors/{vendor}-ahmed-foods-llc/             200 200 200 200 200 200 200 200 200 200 200
POST  /account/sign-out-everywhere/                  302 302 302 302 302 302 302 302 302 302 302
"""
